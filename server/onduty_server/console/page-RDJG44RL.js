import{b as e,c as t,d as a}from"./chunk-3YDII6XK.js";import"./chunk-VKOQNYHM.js";import"./chunk-OGKUBPWD.js";import{B as s,G as n,Ia as u,Ka as i,S as r,V as l,c as o,d,e as c,ga as v,ha as $,ia as p,j as m,m as h,oa as f,pa as b,va as g,y as k,z as y,za as I}from"./chunk-I2RCKGQH.js";function j({id:e}){let t=d(null);return o(()=>{let a=document.createElement("onduty-status");a.setAttribute("account-id",y.peek()),a.setAttribute("user-id",e),a.token=()=>s()??void 0;let n=!1;return import("./agent.js").then(()=>n||t.current?.append(a)).catch(()=>{}),()=>{n=!0,a.remove()}},[e]),h`<div ref=${t}></div>`}function w({id:s}){let d=l(),w=c(!1),K=c(!1),S=c("");b.value;let C=f.all.get(s);o(()=>{let e=async()=>{if(!document.hidden)try{let{userStatus:e}=await k.getStatus({accountId:y.peek(),userId:s});e&&g([e]),S.value="",K.value=!1}catch(e){if(!(e instanceof m))throw e;if(n(e))return;K.value="not_found"===e.code,K.value&&f.clear(),S.value=K.value?"":u(e)}};e();let t=setInterval(e,4e3);return document.addEventListener("visibilitychange",e),()=>{clearInterval(t),document.removeEventListener("visibilitychange",e)}},[s]);let E=r("activity.write",s)&&r("status.write",s),G=r("status.write",s)&&h`<button type="button" onClick=${()=>w.value=!0}>${d.board.setSelected}</button>`;return h`${S.value&&h`<${v} kind="error">${S.value}<//>`}
${C?h`<div class=${S.value?"stale":""}>
<div class="person-head">
<${e} person=${C} />
${E?h`<${j} id=${s} />`:h`<${I} status=${C.status} large />`}
${G}
</div>
<${t} person=${C} />
<${a} id=${s} person=${C} />
</div>`:K.value?h`<${$} isPage title=${d.person.unseenYet}>${E?h`<${j} id=${s} />`:G}<//>`:!S.value&&h`<${p} />`}
${w.value&&h`<${i} ids=${[s]} onClose=${()=>w.value=!1} />`}`}export{w as OwnPage};